// SPDX-License-Identifier: MIT
// Makes the picture in docs/page.md of the page that is built: node tests/picture.mjs
import { join } from 'node:path';
import { folder, launch, settled, show } from './browser.mjs';

const browser = await launch();
const shown = await show(browser, '', { viewport: { width: 1280, height: 800 } });
await settled(shown);
await shown.screenshot({ path: join(folder, '../docs/page.png') });
await browser.close();
