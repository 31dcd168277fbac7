import { expect, test } from "vitest";
import "./axenic-tabs.js";

test("arrow keys move between tabs, around the ends", async () => {
  const element = document.createElement("axenic-tabs");
  element.names = { timetable: "Timetable", profile: "Profile", events: "Event log" };
  element.chosen = "timetable";
  document.body.append(element);
  await element.updateComplete;
  const press = async (key: string) => {
    const list = element.shadowRoot?.querySelector('[role="tablist"]');
    list?.dispatchEvent(new KeyboardEvent("keydown", { key }));
    await element.updateComplete;
    return element.shadowRoot?.querySelector('[aria-selected="true"]')?.textContent?.trim();
  };
  expect(await press("ArrowRight")).toBe("Profile");
  expect(await press("ArrowLeft")).toBe("Timetable");
  expect(await press("ArrowLeft")).toBe("Event log");
  expect(await press("Enter")).toBe("Event log");
  element.remove();
});
