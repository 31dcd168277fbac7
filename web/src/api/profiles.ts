// Profiles that come with Axenic, and checking one's own.
import { getJson, postJson } from "./http.js";
import type { CheckRequest, CheckResult, ProfileText } from "./types.js";

export function getProfile(file: string): Promise<ProfileText> {
  return getJson(`/api/profiles/${encodeURIComponent(file)}`);
}

export function checkProfile(request: CheckRequest): Promise<CheckResult> {
  return postJson("/api/profiles/check", request);
}
