package dev.countersign.verifier;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The public half of a key pair: Ed25519, ECDSA P-256, or RSA-PSS with SHA-512. */
final class PublicHalf {
    // Shorter RSA keys are weak, longer ones make a check slow.
    private static final int RSA_BITS_MIN = 2048;
    private static final int RSA_BITS_MAX = 8192;
    private static final int COORDINATE_BYTES = 32;
    private static final int ED25519_BYTES = 64;
    private static final List<String> KINDS = List.of("Ed25519", "EC", "RSA", "RSASSA-PSS");
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1);

    private final PublicKey key;
    private final String algorithm;
    private final String thumbprint;

    /**
     * Reads Base64 of a SubjectPublicKeyInfo.
     *
     * @throws IllegalArgumentException for all else
     */
    PublicHalf(String text) {
        key = read(text);
        String jwk;
        if (key instanceof EdECPublicKey) {
            algorithm = "ed25519";
            byte[] encoded = key.getEncoded();
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
            jwk = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + url(raw) + "\"}";
        } else if (key instanceof ECPublicKey point && isP256(point.getParams())) {
            algorithm = "ecdsa-p256-sha256";
            String x = url(unsigned(point.getW().getAffineX(), COORDINATE_BYTES));
            String y = url(unsigned(point.getW().getAffineY(), COORDINATE_BYTES));
            jwk = "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" + x + "\",\"y\":\"" + y + "\"}";
        } else if (key instanceof RSAPublicKey numbers) {
            algorithm = "rsa-pss-sha512";
            int bits = numbers.getModulus().bitLength();
            if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
                throw new IllegalArgumentException("an RSA key of " + bits + " bits");
            }
            String e = url(unsigned(numbers.getPublicExponent(), 0));
            String n = url(unsigned(numbers.getModulus(), 0));
            jwk = "{\"e\":\"" + e + "\",\"kty\":\"RSA\",\"n\":\"" + n + "\"}";
        } else {
            throw notSupported();
        }
        thumbprint = url(Digests.sha256(jwk.getBytes(StandardCharsets.US_ASCII)));
        try {
            // A key may be bound to other parameters than ours.
            signature();
        } catch (GeneralSecurityException e) {
            throw notSupported();
        }
    }

    /** The name of RFC 9421 section 6.2.2. */
    String algorithm() {
        return algorithm;
    }

    /** That of RFC 7638 by SHA-256. */
    String thumbprint() {
        return thumbprint;
    }

    /** Whether a signature is one of a text. */
    boolean signed(byte[] base, byte[] stated) {
        if (key instanceof ECPublicKey point && !isInRange(point, stated)) {
            return false;
        }
        // Java overlooks what follows a signature of this kind.
        if (key instanceof EdECPublicKey && stated.length != ED25519_BYTES) {
            return false;
        }
        try {
            Signature signature = signature();
            signature.update(base);
            return signature.verify(stated);
        } catch (GeneralSecurityException e) {
            // One of another length, for instance.
            return false;
        }
    }

    private Signature signature() throws GeneralSecurityException {
        Signature signature;
        if (key instanceof ECPublicKey) {
            signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        } else if (key instanceof RSAPublicKey) {
            signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(PSS);
        } else {
            signature = Signature.getInstance("Ed25519");
        }
        signature.initVerify(key);
        return signature;
    }

    /** The first releases of Java 17 take zeros for a signature (CVE-2022-21449). */
    private static boolean isInRange(ECPublicKey key, byte[] stated) {
        if (stated.length != 2 * COORDINATE_BYTES) {
            return false;
        }
        BigInteger r = new BigInteger(1, stated, 0, COORDINATE_BYTES);
        BigInteger s = new BigInteger(1, stated, COORDINATE_BYTES, COORDINATE_BYTES);
        BigInteger order = key.getParams().getOrder();
        return r.signum() > 0 && s.signum() > 0 && r.compareTo(order) < 0 && s.compareTo(order) < 0;
    }

    private static PublicKey read(String text) {
        byte[] der;
        try {
            der = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("public_key is no Base64");
        }
        for (String kind : KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Of another kind.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        throw notSupported();
    }

    private static IllegalArgumentException notSupported() {
        return new IllegalArgumentException(
                "public_key is no SubjectPublicKeyInfo of a type that is supported");
    }

    private static boolean isP256(ECParameterSpec params) {
        try {
            AlgorithmParameters known = AlgorithmParameters.getInstance("EC");
            known.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec wanted = known.getParameterSpec(ECParameterSpec.class);
            return wanted.getCurve().equals(params.getCurve())
                    && wanted.getGenerator().equals(params.getGenerator())
                    && wanted.getOrder().equals(params.getOrder());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without a sign byte; of so many bytes, or of as few as there are. */
    private static byte[] unsigned(BigInteger number, int bytes) {
        byte[] signed = number.toByteArray();
        int length = bytes > 0 ? bytes : (number.bitLength() + 7) / 8;
        byte[] out = new byte[length];
        int taken = Math.min(signed.length, length);
        System.arraycopy(signed, signed.length - taken, out, length - taken, taken);
        return out;
    }

    private static String url(byte[] data) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(data);
    }
}
