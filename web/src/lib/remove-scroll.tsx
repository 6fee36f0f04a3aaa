import type { ElementType, ReactNode } from "react";

interface Props {
  as?: ElementType;
  children?: ReactNode;
  allowPinchZoom?: boolean;
  enabled?: boolean;
  shards?: unknown;
  removeScrollBar?: boolean;
}

/**
 * Stands in for the package of the same name, which Radix wraps modal content with. The real one locks the page body by
 * writing <style> elements that our content security policy forbids; our body never scrolls, so there is nothing to lock.
 */
export function RemoveScroll({
  as: Element = "div",
  allowPinchZoom: _pinch,
  enabled: _enabled,
  shards: _shards,
  removeScrollBar: _bar,
  ...rest
}: Props) {
  return <Element {...rest} />;
}
