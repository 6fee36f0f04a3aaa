import type { NextConfig } from "next";

const development = process.env.NODE_ENV === "development";

/**
 * The Python server serves the exported files, so headers, rewrites and the content security policy are its business.
 * Only the development server (which has no Python in front of it) proxies the API.
 */
const config: NextConfig = {
  output: development ? undefined : "export",
  reactStrictMode: true,
  images: { unoptimized: true },
  poweredByHeader: false,
  turbopack: {
    root: import.meta.dirname,
    // react-remove-scroll writes <style> elements, which `style-src 'self'` forbids; our page body never scrolls.
    resolveAlias: { "react-remove-scroll": "./src/lib/remove-scroll.tsx" },
  },
  ...(development && {
    rewrites: async () => [
      {
        source: "/api/:path*",
        destination: `${process.env.PABAL_DEV_API ?? "http://127.0.0.1:8000"}/api/:path*`,
      },
    ],
  }),
};

export default config;
