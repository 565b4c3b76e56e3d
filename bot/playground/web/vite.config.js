import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // Only the rarely needed chunk with slack-blocks-to-jsx is large; it comes from the same machine.
    chunkSizeWarningLimit: 1200,
    // The page may be served under `default-src 'self'`, which refuses data: URLs.
    assetsInlineLimit: 0,
  },
});
