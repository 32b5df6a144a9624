// Package countersign checks that a request came through a Countersign gateway.
//
// A [Verifier] has keys from a list ([NewKeySet]), a file ([OpenKeyFile]) or the
// gateway's key feed ([StartFeed]). [Verifier.Middleware] puts it in front of an
// [http.Handler]; [Verifier.Verify] checks a request that came some other way.
//
// What is checked, and every refusal's name, is the same in all languages: see
// verifiers/README.md of the project.
package countersign
