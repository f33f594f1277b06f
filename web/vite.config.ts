// SPDX-License-Identifier: MIT
import { defineConfig, type Plugin } from 'vite';

// One file with everything in it: browsers load no modules, and fetch nothing, from a file URL.
function oneFile(): Plugin {
    return {
        name: 'one-file',
        enforce: 'post',
        generateBundle(_, bundle) {
            const page = bundle['index.html'];
            if (page?.type !== 'asset')
                throw new Error('no index.html');
            let html = String(page.source);
            for (const [name, part] of Object.entries(bundle)) {
                const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
                if (part.type === 'chunk') {
                    const code = part.code.replace(/<\/script/g, '<\\/script');
                    html = html.replace(new RegExp(`<script[^>]*src="[^"]*${escaped}"[^>]*></script>`), '');
                    html = html.replace('</body>', () => `<script type="module">${code}</script>\n</body>`);
                } else if (name.endsWith('.css')) {
                    html = html.replace(
                        new RegExp(`<link[^>]*href="[^"]*${escaped}"[^>]*>`), () => `<style>${part.source}</style>`);
                } else {
                    continue;
                }
                delete bundle[name];
            }
            page.source = html;
        },
    };
}

export default defineConfig({
    base: './',
    build: { target: 'es2022', assetsInlineLimit: 1e9, modulePreload: false, chunkSizeWarningLimit: 4000 },
    plugins: [oneFile()],
});
