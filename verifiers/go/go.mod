module countersign-verifier

go 1.19
