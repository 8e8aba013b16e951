/** What something means, apart from its words: never by colour alone. */
export type Tone = "neutral" | "accent" | "positive" | "caution" | "danger";

/** Ground and text. */
export const TONE_SOFT: Record<Tone, string> = {
  neutral: "bg-hover text-ink",
  accent: "bg-accent-soft text-accent-ink",
  positive: "bg-positive-soft text-positive",
  caution: "bg-caution-soft text-caution",
  danger: "bg-danger-soft text-danger",
};
