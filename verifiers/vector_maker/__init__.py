"""Makes `verifiers/vectors.json`; run by `make_vectors.py`."""
