import { cpus, totalmem } from "node:os";

const GIGABYTE = 1024 ** 3;

export interface Machine {
  readonly processors: number;
  readonly model: string;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly bun: string;
}

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model.trim() ?? "unknown",
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    bun: Bun.version,
  };
}

export function inWords({ processors, model, memoryBytes, platform, bun }: Machine): string {
  return `${processors} × ${model}, ${Math.round(memoryBytes / GIGABYTE)} GB, ${platform}, Bun ${bun}`;
}
