/** The meaning of a badge, a banner or a state, shown by colour beside the words. */
export type Tone = "neutral" | "accent" | "positive" | "caution" | "danger";

/** Classes for background and text. */
export const TONE_SOFT: Record<Tone, string> = {
  neutral: "bg-hover text-ink",
  accent: "bg-accent-soft text-accent-ink",
  positive: "bg-positive-soft text-positive",
  caution: "bg-caution-soft text-caution",
  danger: "bg-danger-soft text-danger",
};
