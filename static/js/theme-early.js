// @ts-check
/** Runs before the first paint, so that a chosen theme never flashes in the other one. Not a module: those run later. */

try {
  const theme = localStorage.getItem("pushboard-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}
