// Before the first paint: the colour scheme the person chose, so that a dark screen never flashes white.
(() => {
  let chosen = 'auto';
  try {
    chosen = localStorage.getItem('comeback-scheme') || 'auto';
  } catch {
    // storage can be forbidden; the system's scheme is a good answer then
  }
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
