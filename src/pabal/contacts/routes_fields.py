"""What contacts can be filtered by, over HTTP: the table of fields, this tenant's own columns, values to choose from."""

from collections.abc import Iterable
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query

from pabal.contacts import field_values
from pabal.contacts.fields import ATTRIBUTE, CONTACT_FIELDS, contact_field
from pabal.contacts.routes import Reader
from pabal.contacts.schemas import FieldOut, FieldValueOut
from pabal.domain.filters import FieldSpec
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Rt
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import Page

router = APIRouter(prefix="/api/contacts", tags=["contacts"])


@router.get("/fields", name="listContactFields")
async def list_fields(rt: Rt, who: Reader) -> Page[FieldOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        names = await field_values.attribute_names(conn, who.tenant_id)
    own: Iterable[FieldSpec | None] = (contact_field(ATTRIBUTE + name) for name in names)
    specs = [*CONTACT_FIELDS.values(), *(spec for spec in own if spec is not None)]
    return Page(items=[_out(spec) for spec in specs])


def _out(spec: FieldSpec) -> FieldOut:
    return FieldOut(
        key=spec.key,
        label=spec.label,
        type=spec.type,
        ops=sorted(spec.ops),
        options=list(spec.options),
        option_labels=dict(spec.labels),
        group=cast("Any", spec.group),
        values_from=cast("Any", spec.values_from or None),
    )


@router.get("/field-values", name="listFieldValues")
async def list_values(
    rt: Rt,
    who: Reader,
    field: Annotated[str, Query(max_length=100, description="필터 항목")],
    q: Annotated[str, Query(max_length=100, description="값에 든 글자")] = "",
) -> Page[FieldValueOut]:
    """The commonest first, fifty at most."""
    spec = CONTACT_FIELDS.get(field)
    if spec is None or spec.values_from != "values":
        raise Problem(INVALID, errors=[FieldError("field", "값을 고를 수 있는 항목이 아니에요")])
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await field_values.values_of(conn, field, q)
    return Page(items=[FieldValueOut(value=value, label=value, count=count) for value, count in found])
