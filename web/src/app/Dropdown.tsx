import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';

interface Props {
  /** Accessible name of the button. */
  label: string;
  className?: string;
  testId?: string;
  button: ReactNode;
  /** Buttons and links with role="menuitem"; choosing one closes the menu. */
  children: ReactNode;
}

/** A button with a menu. The browser's own popover gives the top layer, Esc and the click outside. */
export function Dropdown({ label, className, testId, button, children }: Props) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const items = () => [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])];

  const onToggle = (open: boolean) => {
    opener.current?.setAttribute('aria-expanded', String(open));
    if (!open || !opener.current || !menu.current) return;
    const { right, bottom, top } = opener.current.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = menu.current;
    const below = bottom + 4 + offsetHeight < innerHeight;
    menu.current.style.left = `${Math.max(8, right - offsetWidth)}px`;
    menu.current.style.top = `${below ? bottom + 4 : Math.max(8, top - offsetHeight - 4)}px`;
    items()[0]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') event.stopPropagation();
    if (to === undefined || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    all[to % all.length]?.focus();
  };

  return (
    <>
      <button
        ref={opener}
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={false}
        data-testid={testId}
        popoverTarget={id}
      >
        {button}
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        className="dropdown"
        onToggle={(e) => onToggle(e.newState === 'open')}
        onKeyDown={onKeyDown}
        onClick={() => menu.current?.hidePopover()}
      >
        {children}
      </div>
    </>
  );
}
