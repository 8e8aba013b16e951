/** Fanfare's logo, as on the icon of the tab: sound that spreads from one source. */
export function Logo({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d="M14.5 11.5a6.4 6.4 0 0 1 0 9" />
        <path d="M18.6 8.3a11 11 0 0 1 0 15.4" />
      </g>
      <circle cx="9.5" cy="16" r="2.6" fill="#fff" />
    </svg>
  );
}
