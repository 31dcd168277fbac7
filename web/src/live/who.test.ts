import { beforeEach, expect, test } from "vitest";
import { remember, who, whoHeaders } from "./who.js";

beforeEach(() => localStorage.clear());

test("nobody is an administrator who does not say so", () => {
  expect(who()).toEqual({ name: "local", role: "user" });
  localStorage.setItem("axenic.who", '{"name": "ada", "role": "king"}');
  expect(who()).toEqual({ name: "ada", role: "user" });
  localStorage.setItem("axenic.who", "{torn");
  expect(who().role).toBe("user");
});

test("what is remembered is sent with each request", () => {
  expect(remember(" ada ", "administrator")).toBe(true);
  expect(whoHeaders()).toEqual({ "X-Axenic-Actor": "ada", "X-Axenic-Role": "administrator" });
});

test("names that no header can hold are not taken", () => {
  for (const name of ["", "  ", "a\nb", "é", "x".repeat(65)]) {
    expect(remember(name, "user"), name).toBe(false);
  }
  expect(who().name).toBe("local");
});
