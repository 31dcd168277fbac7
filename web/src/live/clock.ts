// The leader's time, which a demo lets run faster than the room's.
import type { ClockNow } from "../api/types.js";

export class Clock {
  readonly speed: number;
  private wallS: number;
  private atMs = performance.now();

  constructor(now: ClockNow) {
    this.wallS = now.wall_s;
    this.speed = now.speed;
  }

  /** The moment that all `*_wall_s` are on, UTC seconds. */
  nowS(): number {
    return this.wallS + ((performance.now() - this.atMs) / 1000) * this.speed;
  }

  /** It cannot be earlier than what was just heard of: the page may have been long on its way. */
  atLeast(wallS: number): void {
    if (wallS <= this.nowS()) return;
    this.wallS = wallS;
    this.atMs = performance.now();
  }

  /** How long ago that was for somebody in the room, in seconds. */
  roomAgeS(wallS: number): number {
    return (this.nowS() - wallS) / this.speed;
  }
}
