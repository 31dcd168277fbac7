// An event of the log in a line for people.
import type { Event } from "../api/types.js";
import { number } from "./units.js";

export function eventText(event: Event): string {
  const data = event.data;
  const said = (name: string): string => {
    const value = data[name];
    return value === undefined || value === null || value === "" ? "" : String(value);
  };
  const because = said("reason") ? `, ${said("reason")}` : "";
  switch (said("entry") || event.kind) {
    case "phase_entered":
      return `entered ${said("phase")}`;
    case "phase_left":
      return `left ${said("phase")}${because}`;
    case "phase_leaving":
      return `leaves ${said("phase")}${because}`;
    case "arrived":
      return `waits before ${said("phase")}${names(data["awaits"], " for ")}`;
    case "held":
      return `the clock of ${said("phase")} stands`;
    case "freed":
      return `the clock of ${said("phase")} goes on${because}`;
    case "action_began":
      return `${said("detail") || said("action")} began`;
    case "action_ended":
      return `${said("detail") || said("action")} ${said("outcome")}${because}`;
    case "item_began":
      return `${itemOf(said("key"))} fell due`;
    case "item_ended":
      return `${itemOf(said("key"))} ${said("outcome")}${because}`;
    case "dose_began":
      return `${said("medium")} ${volume(data["volume_ml"])} began`;
    case "dose_ended":
      return `${said("medium")} ${volume(data["volume_ml"])} ${said("outcome")}${because}`;
    case "question":
      return `asked: ${said("text")}`;
    case "answer":
      return `answered: ${said("answer")}${said("by") ? ` (${said("by")})` : ""}`;
    case "overridden":
      return `${said("setting")} set by hand to ${said("value")}${said("by") ? ` by ${said("by")}` : ""}`;
    case "released":
      return `${said("setting")} released${because}`;
    case "condition":
      return `${itemOf(said("key"))} became ${said("value")}${because}`;
    case "device":
      if (said("state") === "held") return `${said("device")} is held off${because}`;
      return said("state") === "ok" ? `${said("device")} works again` : `${said("device")} fails${because}`;
    case "picture":
      return [`${said("camera")}: a picture`, said("label"), STATES[said("state")]].filter(Boolean).join(", ");
    case "event":
      return [said("event"), said("name"), said("payload"), said("by")].filter(Boolean).join(", ");
    default:
      return [said("text"), said("state"), said("job"), said("reason")].filter(Boolean).join(", ") ||
        said("entry") || event.kind;
  }
}

/** Of pictures that were told of before. */
const STATES: Record<string, string> = { here: "is here", gone: "was taken away on its worker" };

function itemOf(key: string): string {
  const rest = key.split(":").slice(3).join(":");
  return rest.slice(0, Math.max(0, rest.indexOf("@"))) || key;
}

function names(list: unknown, before: string): string {
  return Array.isArray(list) && list.length > 0 ? before + list.join(", ") : "";
}

function volume(value: unknown): string {
  return typeof value === "number" ? `${number(value, 2)} mL` : "";
}
