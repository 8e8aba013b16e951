import { join } from "node:path";
import { root } from "../project.mjs";
import { CLIENT, writePackage } from "./package.ts";
import { referenceOf } from "./reference.ts";

const folder = join(CLIENT, "dist");
const types = await writePackage(folder);
await Bun.write(join(root, "docs/api.md"), referenceOf(types));
console.log(`${folder} is ready (npm pack ${folder}), and docs/api.md is current`);
