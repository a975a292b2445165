export function Seal() {
  return (
    <svg className="seal" viewBox="0 0 30 30" aria-hidden="true">
      <rect width="30" height="30" rx="6" fill="var(--accent)" />
      <path
        d="M6 20.5c3.2-5.5 6-1.2 9.2-5.6S21 8 24.5 9.2"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <path d="M9.5 6.5c.5 4.2 2.6 6.3 5.6 8.3" fill="none" stroke="var(--on-accent)" strokeWidth="1.7" strokeLinecap="round" />
      <circle cx="15.3" cy="15" r="2.6" fill="var(--accent)" stroke="var(--on-accent)" strokeWidth="1.7" />
    </svg>
  );
}
