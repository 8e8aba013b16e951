/** What runs in the page, whose platform the bench does not have the types of. */

/** Promises `interactive`: ms from the navigation until the newest is drawn and no long task runs, for 300 ms. */
export const READY = `(() => {
  let drawn, lastTask = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) lastTask = Math.max(lastTask, task.startTime + task.duration);
  }).observe({ type: "longtask", buffered: true });
  const { promise, resolve } = Promise.withResolvers();
  globalThis.interactive = promise;
  const look = () => {
    drawn ??= document.querySelector("main article") && document.querySelector("textarea") ? performance.now() : undefined;
    if (drawn !== undefined && performance.now() > Math.max(drawn, lastTask) + 300) {
      resolve(Math.max(drawn, lastTask));
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

const FRAMES = `
  const region = document.querySelector('[aria-label^="Messages in"]');
  const frames = [];
  const frame = () => new Promise((resolve) => requestAnimationFrame((at) => { frames.push(at); resolve(); }));
  const rate = () => ({
    perSecond: (frames.length - 1) / ((frames.at(-1) - frames[0]) / 1000),
    slowest: Math.max(...frames.slice(1).map((at, i) => at - frames[i])),
  });
`;

/** Goes up until there is nothing more. */
export const LOAD_ALL = `(async () => {
  ${FRAMES}
  while (!region.textContent.includes("This is where")) {
    region.scrollTop = Math.max(0, region.scrollTop - 4_000);
    await frame();
  }
  return rate();
})()`;

/** Five seconds from one end towards the other, at 6,000 px/s, with a leap now and then. */
export const SCROLL = `(async () => {
  ${FRAMES}
  const end = performance.now() + 5_000;
  const way = region.scrollTop > region.scrollHeight / 2 ? -1 : 1;
  for (let i = 1; performance.now() < end; i++) {
    region.scrollTop += way * (i % 60 === 0 ? region.scrollHeight / 20 : 100);
    await frame();
  }
  region.scrollTop = way === 1 ? region.scrollHeight : 0;
  await frame();
  return rate();
})()`;
