import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // The page may be served under `default-src 'self'`, which refuses data: URLs.
    assetsInlineLimit: 0,
  },
});
