import type { TemplateLink } from "@/api/types";

type Json = Record<string, unknown>;
/** null: another field decides, whose value is not looked at here. */
type Answer = boolean | null;

function leaf(condition: Json, field: string, value: string): Answer {
  // A move changes its own field alone; what stands in the others may hold on every change.
  if (condition.field !== field) return String(condition.operator).startsWith("changed") ? false : null;
  const wanted = condition.value;
  switch (condition.operator) {
    case "eq":
    case "changed_to":
      return wanted === value;
    case "ne":
      return wanted !== value;
    case "in":
      return Array.isArray(wanted) && wanted.includes(value);
    case "changed_from_to":
      return Array.isArray(wanted) && wanted[1] === value ? null : false;
    case "is_empty":
      return value === "";
    case "is_not_empty":
      return value !== "";
    default:
      return null;
  }
}

/** Whether a condition holds once the field has this value: yes, no, or as the other fields say. */
function holds(condition: Json, field: string, value: string): Answer {
  const { all, any, not } = condition;
  if (not) {
    const inner = holds(not as Json, field, value);
    return inner === null ? null : !inner;
  }
  const children = (all ?? any) as Json[] | undefined;
  if (!children) return leaf(condition, field, value);
  const answers = children.map((one) => holds(one, field, value));
  const decides = any !== undefined;
  if (answers.includes(decides)) return decides;
  return answers.includes(null) ? null : !decides;
}

const nameOf = (link: TemplateLink) => link.name || link.templateName;

/** What moving a card into a column may cause, by the rules that are on: messages (perhaps other fields have a say), and
 * repeats that stop. Said before the move, because a message can't be taken back with it. */
export function afterDrop(links: TemplateLink[], field: string, value: string) {
  const on = links.filter((link) => link.isActive && !link.trouble);
  const stop = (link: TemplateLink) => link.repeatConfig?.stopCondition as Json | undefined;
  const sends = on.filter(
    (link) =>
      link.triggerType === "on_update" &&
      (!link.triggerCondition || holds(link.triggerCondition as Json, field, value) !== false),
  );
  const stops = on.filter((link) => {
    const condition = stop(link);
    return condition !== undefined && holds(condition, field, value) === true;
  });
  return { sends: [...new Set(sends.map(nameOf))], stops: [...new Set(stops.map(nameOf))] };
}
