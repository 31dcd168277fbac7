import { expect, test } from "vitest";
import "./axenic-version.js";

test("it says the version of Axenic that served the page", async () => {
  const element = document.createElement("axenic-version");
  element.version = "1.2.3";
  document.body.append(element);
  await element.updateComplete;
  expect(element.shadowRoot?.textContent).toContain("Axenic 1.2.3");
  element.remove();
});
