package io.inmesh.resolver.kubernetes.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and private keys as text (RFC 7468). Keys come in three wrappings, of which the JDK reads one: PKCS #8 (RFC 5958). PKCS #1 (RFC 8017), which
 * minikube writes, and SEC 1 (RFC 5915), which k3s writes, are wrapped in that here.
 */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    /** rsaEncryption and its absent parameters, in DER. */
    private static final byte[] RSA = {
        0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
    };

    /** id-ecPublicKey, in DER; the curve comes behind it. */
    private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private static final byte[] VERSION_0 = {2, 1, 0};

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 4;
    private static final int PARAMETERS = 0xa0;

    private Pem() {}

    /**
     * All certificates of a text, in order.
     *
     * @throws GeneralSecurityException if there is none, or one that makes no sense
     */
    static List<Certificate> certificates(byte[] text) throws GeneralSecurityException {
        List<Certificate> all = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Matcher block = blocks(text);
        while (block.find()) {
            if (block.group(1).endsWith("CERTIFICATE")) {
                all.add(factory.generateCertificate(new ByteArrayInputStream(decoded(block))));
            }
        }
        if (all.isEmpty()) {
            throw new GeneralSecurityException("there is no certificate (expected: -----BEGIN CERTIFICATE-----)");
        }
        return all;
    }

    /**
     * The private key of a text; other blocks, such as the parameters of a curve, may stand before it.
     *
     * @throws GeneralSecurityException if there is none, or one of a kind that is not known
     */
    static PrivateKey key(byte[] text) throws GeneralSecurityException {
        Matcher block = blocks(text);
        while (block.find()) {
            String kind = block.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return ofPkcs8(decoded(block));
            }
            if (kind.equals("RSA PRIVATE KEY")) {
                return ofPkcs8(sequence(VERSION_0, RSA, element(OCTETS, decoded(block))));
            }
            if (kind.equals("EC PRIVATE KEY")) {
                byte[] key = decoded(block);
                return ofPkcs8(sequence(VERSION_0, sequence(EC, curve(key)), element(OCTETS, key)));
            }
            if (kind.equals("ENCRYPTED PRIVATE KEY")) {
                throw encrypted();
            }
        }
        throw new GeneralSecurityException("there is no private key (expected: -----BEGIN PRIVATE KEY-----)");
    }

    private static Matcher blocks(byte[] text) {
        return BLOCK.matcher(new String(text, StandardCharsets.ISO_8859_1));
    }

    private static byte[] decoded(Matcher block) throws GeneralSecurityException {
        if (block.group(2).contains(":")) { // Proc-Type: 4,ENCRYPTED, of before PKCS #8 (RFC 1421).
            throw encrypted();
        }
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(block.group(1) + " is no Base64", e);
        }
    }

    private static GeneralSecurityException encrypted() {
        return new GeneralSecurityException(
                "the private key is encrypted (expected: one that can be read without a password)");
    }

    private static PrivateKey ofPkcs8(byte[] key) throws GeneralSecurityException {
        GeneralSecurityException unknown = new GeneralSecurityException(
                "the private key is of no algorithm that is known (expected: one of " + ALGORITHMS + ")");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
            } catch (InvalidKeySpecException e) {
                unknown.addSuppressed(e); // Which algorithm it is of stands inside, where each looks by itself.
            }
        }
        throw unknown;
    }

    /** Which curve a key of SEC 1 is on: a sequence of version, number and, marked 0, the curve's id. */
    private static byte[] curve(byte[] key) throws GeneralSecurityException {
        try {
            int at = content(key, 0);
            while (at < key.length) {
                int from = content(key, at);
                int to = from + length(key, at);
                if ((key[at] & 0xff) == PARAMETERS) {
                    return Arrays.copyOfRange(key, from, to);
                }
                at = to;
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new GeneralSecurityException("the EC private key ends too soon", e);
        }
        throw new GeneralSecurityException("the EC private key names no curve (expected: parameters in it)");
    }

    /** Where the content of the element begins that begins there. */
    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = (length << 8) | (der[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] sequence(byte[]... elements) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] each : elements) {
            content.writeBytes(each);
        }
        return element(SEQUENCE, content.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (content.length >= 0x100) { // DER wants the shortest; two bytes are enough for any key.
            element.write(0x82);
            element.write(content.length >> 8);
        } else if (content.length >= 0x80) {
            element.write(0x81);
        }
        element.write(content.length);
        element.writeBytes(content);
        return element.toByteArray();
    }
}
