// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.ivf.IvfFixture.OPERATOR;
import static org.m2me.operators.ivf.IvfFixture.device;
import static org.m2me.operators.ivf.IvfFixture.permission;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Who may say for a device which operators may inquire about it. */
final class OwnerTest {
    private static final Plmn FRIEND = Plmn.parse("262-03");
    private static final Opaque WRONG = Opaque.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    @TempDir
    Path directory;

    private IvfFixture world;

    @BeforeEach
    void start() {
        world = new IvfFixture(directory);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private static Ivf.Permission bluff(Plmn operator, int... devices) {
        List<Ivf.Owned> owned = permission("thief", operator, devices).devices().stream()
                .map(one -> new Ivf.Owned(one.device(), WRONG))
                .toList();
        return new Ivf.Permission("thief", operator, owned);
    }

    private ResultCode refusal(Ivf.Permission permission) {
        return catchThrowableOfType(Refused.class, () -> world.ivf.permit(permission))
                .code();
    }

    private Standing standing(Plmn operator, int device) throws Refused {
        Ivf.Inquiry inquiry = new Ivf.Inquiry(
                operator,
                IvfFixture.POLICY,
                Set.of("agent"),
                Optional.empty(),
                List.of(new Ivf.Asked(device(device), Optional.empty())));
        return world.ivf.inquire(inquiry).get(0).standing();
    }

    @Test
    void refusesWhoeverDoesNotHaveTheTokenThatCameWithADevice() throws Exception {
        world.publish(world.claims(1));
        assertThat(refusal(bluff(FRIEND, 50, 1))).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(standing(FRIEND, 1)).isEqualTo(Standing.NOT_PERMITTED);
        assertThat(standing(FRIEND, 50)).as("nothing of it was kept").isEqualTo(Standing.NOT_PERMITTED);

        world.permit(1);
        assertThat(standing(OPERATOR, 1)).isEqualTo(Standing.VALID);
    }

    @Test
    void dropsWhatSomebodyElseSaidBeforeTheFirstResultCame() throws Exception {
        for (int i = 0; i <= Permissions.OPERATORS_MAX; i++) {
            world.ivf.permit(bluff(Plmn.parse("310-41" + i), 1)); // who speaks first takes no place away
        }
        world.permit(1);
        world.clock.advance(Duration.ofSeconds(1));
        world.ivf.permit(bluff(FRIEND, 1));
        assertThat(standing(FRIEND, 1)).as("there is nothing to tell yet").isEqualTo(Standing.NEVER_SEEN);

        world.publish(world.claims(1));
        assertThat(standing(OPERATOR, 1)).isEqualTo(Standing.VALID);
        assertThat(standing(FRIEND, 1)).isEqualTo(Standing.NOT_PERMITTED);
        world.restart();
        assertThat(standing(OPERATOR, 1)).isEqualTo(Standing.VALID);
        assertThat(standing(FRIEND, 1)).isEqualTo(Standing.NOT_PERMITTED);
        assertThat(refusal(bluff(FRIEND, 1))).isEqualTo(ResultCode.FORBIDDEN);
    }

    @Test
    void takesTheFirstOfTwoWhoHaveTheTokenUntilTheDeviceIsReleased() throws Exception {
        world.ivf.permit(permission("buyer", OPERATOR, 1));
        world.clock.advance(Duration.ofSeconds(1));
        world.ivf.permit(permission("fleet", FRIEND, 1));
        world.publish(world.claims(1));
        assertThat(standing(OPERATOR, 1)).isEqualTo(Standing.VALID);
        assertThat(standing(FRIEND, 1)).isEqualTo(Standing.NOT_PERMITTED);
        assertThat(refusal(permission("fleet", FRIEND, 1))).isEqualTo(ResultCode.FORBIDDEN);

        world.ivf.release(List.of(device(1)));
        assertThat(standing(OPERATOR, 1)).isEqualTo(Standing.NOT_PERMITTED);
        world.ivf.permit(permission("fleet", FRIEND, 1));
        assertThat(standing(FRIEND, 1)).isEqualTo(Standing.VALID);
    }

    @Test
    void permitsNobodyWhereThePvaDoesNotKnowTheOwner() throws Exception {
        world.permit(1);
        IvfFixture.Claims claims = world.claims(1);
        Opaque signed = world.signed(claims, world.pvaKey);
        world.ivf.publish(new Ivf.Publication(signed, claims.components(), Optional.empty()));
        assertThat(standing(OPERATOR, 1)).isEqualTo(Standing.NOT_PERMITTED);
        assertThat(refusal(permission("fleet", OPERATOR, 1))).isEqualTo(ResultCode.FORBIDDEN);

        world.clock.advance(Duration.ofSeconds(1));
        world.publish(world.claims(1)); // its supplier has enrolled it again
        world.permit(1);
        assertThat(standing(OPERATOR, 1)).isEqualTo(Standing.VALID);
    }
}
