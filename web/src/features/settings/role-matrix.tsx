"use client";

import { Check, Minus } from "lucide-react";
import type { Role } from "@/api/types";
import { Card, CardHead } from "@/components/ui/card";
import { useT } from "@/lib/i18n";
import { useRoles } from "./queries";

export const ROLES: Role[] = ["staff", "admin", "owner"];

/** The server's own table, so that the page can't promise anything else. */
export function RoleMatrix() {
  const t = useT();
  const roles = useRoles();
  const s = t.settings.team;
  const order: Role[] = ["owner", "admin", "staff"];
  if (!roles.data) return null;
  return (
    <Card className="mt-5">
      <CardHead title={s.matrix} hint={s.matrixHint} />
      <table className="w-full text-left">
        <thead>
          <tr className="border-b text-xs text-muted-foreground">
            <td className="px-4 py-2" />
            {order.map((role) => (
              <th
                key={role}
                scope="col"
                className="w-20 px-2 py-2 text-center font-normal max-md:w-13 max-md:px-1"
              >
                {t.shell.role[role]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {roles.data.permissions.map((one) => (
            <tr key={one.permission} className="border-b last:border-b-0">
              <th scope="row" className="px-4 py-2 font-normal max-md:pr-1">
                {t.server.permission(one.permission, one.label)}
              </th>
              {order.map((role) => (
                <td key={role} className="px-2 text-center">
                  {one.roles.includes(role) ? (
                    <Check role="img" aria-label={s.can} className="inline size-4 text-success" />
                  ) : (
                    <Minus role="img" aria-label={s.cannot} className="inline size-4 text-subtle" />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
