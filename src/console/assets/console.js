// Small comforts; every page works without them. No data lives here.
(() => {
  const error = document.getElementById('error');
  if (error) error.focus();
  const menu = document.querySelector('nav details.menu');
  if (menu && window.innerWidth < 960) menu.open = false;
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      const before = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = before; }, 2000);
    });
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, textarea, select, [contenteditable]')) return;
    if (event.key === '/') {
      const search = document.getElementById('q');
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === 'j' || event.key === 'k') {
      const links = [...document.querySelectorAll('tbody th a, tbody td:first-child a')];
      if (links.length === 0) return;
      const at = links.indexOf(document.activeElement);
      const next = at + (event.key === 'j' ? 1 : -1);
      links[Math.max(0, Math.min(links.length - 1, next))].focus();
    }
  });
})();
