// Who uses this browser. Until there is sign-in, people say so themselves, and are believed.

export type Role = "user" | "administrator";

export interface Who {
  name: string;
  role: Role;
}

const KEY = "axenic.who";
const NOBODY: Who = { name: "local", role: "user" };
const NAME_MAX = 64;

export function who(): Who {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Who> | null;
    return checked(kept?.name, kept?.role) ?? NOBODY;
  } catch {
    return NOBODY;
  }
}

/** Remember it; whether it can be. */
export function remember(name: string, role: Role): boolean {
  const said = checked(name.trim(), role);
  if (said === null) return false;
  try {
    localStorage.setItem(KEY, JSON.stringify(said));
  } catch {
    return false;
  }
  dispatchEvent(new CustomEvent("axenic-who"));
  return true;
}

/** What each request says of who asks. */
export function whoHeaders(): Record<string, string> {
  const { name, role } = who();
  return { "X-Axenic-Actor": name, "X-Axenic-Role": role };
}

function checked(name: string | undefined, role: Role | undefined): Who | null {
  // Headers take visible ASCII.
  if (!name || name.length > NAME_MAX || !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(name)) return null;
  return { name, role: role === "administrator" ? "administrator" : "user" };
}
