// @ts-check
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { StoryPlayer } from "../../static/js/story-player.js";

/** How many steps it takes to the end of a story, and for how long. @param {number} moments @param {boolean} calm */
function played(moments, calm) {
  mock.timers.enable({ apis: ["setInterval"] });
  let [at, steps, ms] = [1, 0, 0];
  const player = new StoryPlayer(
    () => {
      [at, steps] = [at + player.stride, steps + 1];
      if (at >= moments) player.stop();
    },
    { matches: calm },
  );
  player.play(moments);
  for (; player.isPlaying && ms < 100_000; ms += 10) mock.timers.tick(10);
  mock.timers.reset();
  return { steps, ms };
}

test("a story is played in at most about 20 seconds, however long it is", () => {
  for (const moments of [2, 10, 60, 500, 5_060]) {
    const { steps, ms } = played(moments, false);
    assert.ok(ms <= 21_000, `${moments} moments in ${ms} ms`);
    assert.ok(steps >= Math.min(moments - 1, 100), "and not in a few leaps");
  }
});

test("for who wants little to move it moves seldom", () => {
  const { steps, ms } = played(500, true);
  assert.ok(ms <= 22_000 && ms / steps >= 1_500, `${steps} steps in ${ms} ms`);
});
