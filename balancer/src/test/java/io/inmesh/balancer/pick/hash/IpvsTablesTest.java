package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.Allocation;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** dh and sh. */
class IpvsTablesTest {

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 177, A", "10.0.0.2, 98, C", "192.168.1.10, 234, A"})
    @DisplayName("TV-DH-1")
    void addresses_hash_as_ipvs_hashes_them(String key, long slot, char owner) {
        assertThat(IpvsTables.legacySlot(IpvsTables.ipv4(key))).isEqualTo(slot);
        List<EndpointView> three = Hashed.equal(3);
        assertThat(Hashed.owner(Hashed.picker(new IpvsDestinationHash(), three), key))
                .isSameAs(three.get(owner - 'A'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "10.0.0",
                "10.0.0.",
                "10.0.0.256",
                "10.0.0.1.2",
                "1000.0.0.1",
                "10..0.1",
                "::1",
                "10.0.0.x"
            })
    void what_is_no_address_in_dotted_form_hashes_as_text(String key) {
        assertThat(IpvsTables.ipv4(key)).isEqualTo(-1);
        assertThat(IpvsTables.hash(key)).isEqualTo(XxHash64.hash(key));
    }

    @Test
    @DisplayName("5.8: dh ignores weights, and slot counts differ by one at most")
    void dh_gives_each_endpoint_a_slot_in_turn() {
        assertThat(Hashed.letters(IpvsTables.inTurn(3))).startsWith("ABCABCABC");
        for (int n : new int[] {1, 3, 10, 255, 256}) {
            assertThat(Arrays.stream(Hashed.counts(IpvsTables.inTurn(n), n)))
                    .allMatch(count -> count == 256 / n || count == 256 / n + 1);
        }
    }

    @Test
    @DisplayName("TV-SH-1")
    void sh_gives_each_endpoint_its_weight_in_slots() {
        int[] owners = IpvsTables.byWeight(new long[] {1, 2, 1});
        assertThat(Hashed.letters(owners)).startsWith("ABBCABBC");
        assertThat(Hashed.counts(owners, 3)).containsExactly(64, 128, 64);
    }

    @Test
    void all_requests_of_a_process_go_to_one_endpoint_and_processes_spread() {
        List<EndpointView> endpoints = Hashed.equal(8);
        long owners = IntStream.range(1, 200)
                .mapToObj(i -> {
                    Picker picker = Hashed.picker(new SourceHash("10.1.0." + i), endpoints);
                    Object owner = picker.choose(PickContext.NONE);
                    for (int request = 0; request < 20; request++) {
                        assertThat(picker.choose(PickContext.NONE)).isSameAs(owner);
                    }
                    return owner;
                })
                .distinct()
                .count();
        assertThat(owners).isEqualTo(8);
    }

    @Test
    void a_request_may_name_its_caller_and_so_may_the_settings() {
        List<EndpointView> endpoints = Hashed.equal(8);
        Picker named = Hashed.picker(new SourceHash("10.1.0.1").with(Map.of("source", "10.1.0.2")), endpoints);
        Picker own = Hashed.picker(new SourceHash("10.1.0.1"), endpoints);
        assertThat(Hashed.owner(own, "10.1.0.2")).isSameAs(named.choose(PickContext.NONE));
        assertThat(own.choose(PickContext.NONE)).isNotSameAs(named.choose(PickContext.NONE));
    }

    @Test
    @DisplayName("5.8: adding one moves most keys, which is why another table is the default")
    void adding_one_moves_most_keys() {
        List<EndpointView> ten = Hashed.equal(10);
        List<String> before = Hashed.owners(Hashed.picker(new IpvsDestinationHash(), ten), 10_000);
        List<String> after = Hashed.owners(Hashed.picker(new IpvsDestinationHash(), Hashed.equal(11)), 10_000);
        assertThat(Hashed.movedNeedlessly(before, after, "")).isGreaterThan(8_000);
    }

    private static final List<String> KEYS =
            IntStream.range(0, 2_000).mapToObj(i -> "key-" + i).toList();

    private static Picker without(PickerFactory policy, List<EndpointView> all, int out) {
        return policy.newPicker(new PickerFactory.Input(
                Hashed.without(all, out),
                new SplittableRandom(Hashed.SEED),
                new FakeClock(),
                null,
                PickerFactory.Fallback.UNHEARD,
                List.of(all.get(out))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dh", "source-hash"})
    @DisplayName("5.8: where an owner is unavailable its keys alone move, and spread over all others")
    void an_unavailable_owner_keeps_its_slots(String name) {
        PickerFactory policy = name.equals("dh") ? new IpvsDestinationHash() : new SourceHash("10.1.0.1");
        List<EndpointView> all = Hashed.endpoints(1, 2, 1, 3, 1, 1, 1, 2);
        Picker whole = Hashed.picker(policy, all);
        Picker picker = without(policy, all, 3);
        Set<Object> heirs = new HashSet<>();
        for (String key : KEYS) {
            EndpointView owner = Hashed.owner(whole, key);
            EndpointView now = Hashed.owner(picker, key);
            if (owner == all.get(3)) {
                assertThat(now).isNotSameAs(owner);
                heirs.add(now);
            } else {
                assertThat(now).isSameAs(owner);
            }
        }
        assertThat(heirs).as("not one neighbour alone").hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dh", "source-hash"})
    @DisplayName("5.8: under strict the keys of an unavailable owner are turned down, and its repeats")
    void strict_goes_to_the_owner_or_to_nobody(String name) {
        PickerFactory plain = name.equals("dh") ? new IpvsDestinationHash() : new SourceHash("10.1.0.1");
        PickerFactory strict = plain.with(Map.of("strict", "true"));
        assertThat(strict.mayReject()).isTrue();
        assertThat(plain.mayReject()).isFalse();
        List<EndpointView> all = Hashed.equal(5);
        Picker picker = without(strict, all, 2);
        Picker whole = Hashed.picker(strict, all);
        int turnedDown = 0;
        for (String key : KEYS) {
            PickContext context = PickContext.NONE.withKey(key);
            EndpointView owner = Hashed.owner(whole, key);
            if (owner == all.get(2)) {
                turnedDown++;
                assertThat(picker.choose(context)).isInstanceOfSatisfying(Rejection.class, rejection -> {
                    assertThat(rejection.reason()).isEqualTo(Reason.ALL_EJECTED);
                    assertThat(rejection.text()).contains("policy " + name).contains(name + ".strict to false");
                });
            } else {
                assertThat(picker.choose(context)).isSameAs(owner);
                assertThat(picker.choose(context.withTried(owner.endpoint()))).isInstanceOf(Rejection.class);
            }
        }
        assertThat(turnedDown).isBetween(KEYS.size() / 10, KEYS.size() / 3);
        PickContext rejected = PickContext.NONE.withKey(KEYS.stream()
                .filter(key -> Hashed.owner(whole, key) == all.get(2))
                .findFirst()
                .orElseThrow());
        assertThat(Allocation.bytesPerRun(() -> picker.choose(rejected))).isLessThan(Allocation.NOTHING);
    }

    @Test
    void of_more_endpoints_than_slots_a_repeat_finds_even_those_that_have_none() {
        List<EndpointView> many = Hashed.equal(300);
        Picker picker = without(new IpvsDestinationHash(), many, 7);
        PickContext context = PickContext.NONE.withKey("customer-42");
        Set<Object> tried = new HashSet<>();
        for (int i = 0; i < 299; i++) {
            EndpointView next = (EndpointView) picker.choose(context);
            assertThat(tried.add(next)).isTrue();
            context = context.withTried(next.endpoint());
        }
        assertThat(tried).doesNotContain(many.get(7));
        assertThat(picker.choose(context)).as("C12").isIn(tried);
    }
}
