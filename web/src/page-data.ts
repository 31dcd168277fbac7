// What the server laid into the page.

/** The page's data, as `/api` would answer it. */
export function pageData<T>(): T {
  const text = document.getElementById("data")?.textContent ?? "null";
  return JSON.parse(text) as T;
}
