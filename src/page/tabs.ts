/** Tabs after the ARIA pattern: arrow keys move, Home and End go to the ends, one tab is in the tab order. */
export function startTabs(list: HTMLElement, onSelect: (id: string) => void): (id: string) => void {
  const tabs = [...list.querySelectorAll<HTMLButtonElement>('[role="tab"]')];
  const select = (tab: HTMLButtonElement): void => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute('aria-selected', String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(other.getAttribute('aria-controls') ?? '');
      if (panel !== null) panel.hidden = !chosen;
    }
    onSelect(tab.getAttribute('aria-controls') ?? '');
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => {
      select(tab);
    });
    tab.addEventListener('keydown', (event) => {
      const steps: Readonly<Record<string, number>> = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: -1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const next = tabs[(steps[event.key] + tabs.length) % tabs.length];
      select(next);
      next.focus();
    });
  }
  return (id) => {
    const tab = tabs.find((t) => t.getAttribute('aria-controls') === id);
    if (tab !== undefined) select(tab);
  };
}
