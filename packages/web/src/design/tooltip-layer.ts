/** Ms before the first tooltip shows, and ms for the pointer to cross from the element to its tooltip. */
const DELAY = 450;
const CROSSING = 120;
const GAP = 6;
const EDGE = 4;

/**
 * Shows the text of `data-tooltip` while the pointer is on the element or on the tooltip, or the keyboard's focus is on the
 * element. Escape hides it (WCAG 1.4.13). Touch shows none.
 */
export function startTooltips(): void {
  const layer = document.createElement("div");
  layer.className = "tooltip";
  layer.setAttribute("aria-hidden", "true");
  layer.hidden = true;
  document.body.append(layer);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let owner: Element | undefined;

  const hide = () => {
    clearTimeout(timer);
    owner = undefined;
    layer.hidden = true;
  };
  const show = (element: Element) => {
    clearTimeout(timer);
    if (!element.isConnected) return;
    owner = element;
    layer.textContent = element.getAttribute("data-tooltip");
    layer.hidden = false;
    place(layer, element);
  };
  const after = (ms: number, work: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  };

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch" || !(target instanceof Element)) return;
    const element = target.closest("[data-tooltip]");
    if (target === layer || (element !== null && element === owner)) clearTimeout(timer);
    else if (element !== null) after(layer.hidden ? DELAY : 0, () => show(element));
    else if (owner !== undefined) after(CROSSING, hide);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", ({ target }) => {
    const element = target instanceof Element ? target.closest("[data-tooltip]") : null;
    if (element?.matches(":focus-visible")) show(element);
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("pointerdown", hide);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") hide();
  });
}

function place(layer: HTMLElement, element: Element): void {
  const around = element.getBoundingClientRect();
  const { width, height } = layer.getBoundingClientRect();
  const isRight = element.getAttribute("data-tooltip-side") === "right";
  const left = isRight ? around.right + GAP : around.left + (around.width - width) / 2;
  const below = around.bottom + GAP;
  const fitsBelow = below + height + EDGE <= window.innerHeight;
  const top = isRight
    ? around.top + (around.height - height) / 2
    : fitsBelow
      ? below
      : around.top - GAP - height;
  layer.style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - width - EDGE))}px`;
  layer.style.top = `${Math.max(EDGE, top)}px`;
}
