// The pages are whole without this. It copies numbers, watches for a label, keeps a form from being sent twice and
// brings people to what needs their attention.

const $$ = <T extends Element>(query: string, root: ParentNode = document) => [...root.querySelectorAll<T>(query)];

function copying(): void {
  if (!navigator.clipboard) return;
  for (const button of $$<HTMLButtonElement>('button[data-copy]')) {
    const word = button.querySelector('span') ?? button;
    const said = word.textContent;
    button.hidden = false;
    button.addEventListener('click', async () => {
      const number = document.getElementById(button.dataset['copy'] ?? '')?.textContent ?? '';
      try {
        await navigator.clipboard.writeText(number.trim());
      } catch {
        return;
      }
      word.textContent = button.dataset['done'] ?? '';
      announce(word.textContent);
      setTimeout(() => (word.textContent = said), 2500);
    });
  }
}

function announce(text: string): void {
  let place = document.getElementById('said');
  if (!place) {
    place = Object.assign(document.createElement('p'), { id: 'said', className: 'hide' });
    place.setAttribute('role', 'status');
    document.body.append(place);
  }
  place.textContent = text;
}

// A label takes seconds: ask again, slower each time, and put the new card in the place of the old one.
async function watch(wait = 2000): Promise<void> {
  const card = document.querySelector<HTMLElement>('[data-poll]');
  if (!card || wait > 60_000) return;
  await new Promise((done) => setTimeout(done, wait));
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    // Without its style sheet, whose nonce is not the one of this page.
    const source = (await answer.text()).replace(/<style[^]*?<\/style>/g, '');
    const page = new DOMParser().parseFromString(source, 'text/html');
    const fresh = answer.ok ? page.getElementById(card.id) : null;
    if (fresh && !fresh.hasAttribute('data-poll')) {
      card.replaceWith(fresh);
      announce(fresh.querySelector('h2')?.textContent ?? '');
      return;
    }
  } catch {
    // Offline for a moment: the next try will do.
  }
  await watch(wait * 1.3);
}

function sending(): void {
  for (const form of $$<HTMLFormElement>('form[method=post]')) {
    form.addEventListener('submit', (event) => {
      if (form.dataset['sent']) event.preventDefault();
      form.dataset['sent'] = '1';
    });
  }
  // A page that comes back from the browser's memory may be sent again.
  addEventListener('pageshow', () => $$<HTMLFormElement>('form').forEach((form) => delete form.dataset['sent']));
}

// Choosing a quantity chooses the item.
function quantities(): void {
  for (const select of $$<HTMLSelectElement>('.choice.item select')) {
    select.addEventListener('change', () => {
      const box = select.closest('.choice')?.querySelector<HTMLInputElement>('input[type=checkbox]');
      if (box) box.checked = true;
    });
  }
}

function attention(): void {
  const problems = document.getElementById('problems');
  problems?.focus();
  for (const link of $$<HTMLAnchorElement>('#problems a')) {
    link.addEventListener('click', (event) => {
      const field = document.getElementById(link.hash.slice(1));
      const aim = field?.matches('fieldset') ? (field.querySelector<HTMLElement>('input') ?? field) : field;
      if (!aim) return;
      event.preventDefault();
      aim.focus();
    });
  }
}

copying();
sending();
quantities();
attention();
void watch();
