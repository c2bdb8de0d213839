package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Private keys as kubeconfig files have them: in three wrappings (rule R-7). */
class PemTest {
    /** Of P-256, as OpenSSL's {@code ecparam -genkey} writes it, the curve's parameters first. Made for this test. */
    private static final String SEC1 = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----
            @SEC1@
            """;

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    private static PrivateKey read(String text) throws GeneralSecurityException {
        return Pem.key(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static KeyPair rsa() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static KeyPair ec(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    @Test
    void PKCS_8_of_every_algorithm() throws GeneralSecurityException {
        for (KeyPair pair : new KeyPair[] {
            rsa(), ec("secp256r1"), KeyPairGenerator.getInstance("Ed25519").generateKeyPair()
        }) {
            assertThat(read(pem("PRIVATE KEY", pair.getPrivate().getEncoded()))).isEqualTo(pair.getPrivate());
        }
    }

    @Test
    void PKCS_1_is_what_PKCS_8_wraps_for_RSA() throws GeneralSecurityException {
        PrivateKey key = rsa().getPrivate();
        byte[] wrapped = key.getEncoded();
        byte[] inside = Arrays.copyOfRange(wrapped, 26, wrapped.length); // Two sequences, version, algorithm, length.
        assertThat(inside[0]).as("a sequence").isEqualTo((byte) 0x30);
        assertThat(read(pem("RSA PRIVATE KEY", inside))).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource({"secp256r1, 06082a8648ce3d030107", "secp384r1, 06052b81040022", "secp521r1, 06052b81040023"})
    void SEC_1_names_its_curve_itself(String curve, String id) throws GeneralSecurityException {
        KeyPair pair = ec(curve);
        byte[] secret = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
        String number = HexFormat.of().formatHex(secret);
        String parameters = "a0" + length(id) + id;
        String content = "020101" + "04" + length(number) + number + parameters;
        byte[] der = HexFormat.of().parseHex("30" + length(content) + content);
        PrivateKey read = read(SEC1.replace("@SEC1@", pem("EC PRIVATE KEY", der)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(read);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(pair.getPublic());
        signature.update((byte) 1);
        assertThat(signature.verify(signed)).isTrue();
    }

    private static String length(String hex) {
        int bytes = hex.length() / 2;
        return (bytes < 0x80 ? "" : "81") + HexFormat.of().toHexDigits((byte) bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void an_encrypted_one_is_refused_in_words(String kind) {
        String text = "-----BEGIN " + kind
                + "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END " + kind + "-----\n";
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("the private key is encrypted (expected: one that can be read without a password)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing | there is no private key (expected: -----BEGIN PRIVATE KEY-----)",
                "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY----- | the private key is of no algorithm that is"
                        + " known (expected: one of [RSA, EC, EdDSA])",
                "-----BEGIN EC PRIVATE KEY-----MAMCAQE=-----END EC PRIVATE KEY----- | the EC private key names no curve"
                        + " (expected: parameters in it)",
                "-----BEGIN EC PRIVATE KEY-----MA==-----END EC PRIVATE KEY----- | the EC private key ends too soon",
            })
    void what_is_none_is_refused_in_words(String text, String why) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage(why);
    }

    @Test
    void a_text_without_certificates_is_refused_in_words() {
        assertThatThrownBy(() -> Pem.certificates(new byte[0]))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("there is no certificate (expected: -----BEGIN CERTIFICATE-----)");
    }
}
