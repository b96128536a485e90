"""HTTP of flows: drafts, publishing, pausing, and why people got (or did not get) what."""

from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.db import ReadSession, WriteSession
from comeback.flows.schemas import FlowIn, FlowList, FlowOut, FlowPatch, PersonOut, SimulateIn, SimulationOut
from comeback.flows.service import admin
from comeback.flows.service.rehearsing import rehearse
from comeback.kit.paging import Page


@get("/api/v1/flows", operation_id="listFlows", opt={"permission": "flows:read"})
async def list_flows(read: NamedDependency[ReadSession]) -> FlowList:
    """All flows of the shop."""
    return FlowList(items=await admin.list_flows(read))


@get("/api/v1/flows/{flow_id:str}", operation_id="getFlow", opt={"permission": "flows:read"})
async def get_flow(flow_id: FromPath[str], read: NamedDependency[ReadSession]) -> FlowOut:
    """One flow: what is in force, what is drafted, how many took which way."""
    return await admin.get_flow(read, admin.known_id(flow_id))


@post("/api/v1/flows", operation_id="createFlow", opt={"permission": "flows:write"})
async def create_flow(data: JSONBody[FlowIn], session: NamedDependency[WriteSession]) -> FlowOut:
    """Adds a flow with its first draft; problems are listed, not refused, until it is published."""
    return await admin.create_flow(session, data)


@put("/api/v1/flows/{flow_id:str}", operation_id="changeFlow", opt={"permission": "flows:write"})
async def change_flow(
    flow_id: FromPath[str], data: JSONBody[FlowPatch], session: NamedDependency[WriteSession]
) -> FlowOut:
    """Renames, and changes the draft; published versions never change."""
    return await admin.change_flow(session, admin.known_id(flow_id), data)


@post(
    "/api/v1/flows/{flow_id:str}/publish",
    operation_id="publishFlow",
    opt={"permission": "flows:write"},
    status_code=200,
)
async def publish_flow(flow_id: FromPath[str], session: NamedDependency[WriteSession]) -> FlowOut:
    """Puts the draft in force (people inside keep theirs), or lets a paused flow go on."""
    return await admin.publish_flow(session, admin.known_id(flow_id))


@post(
    "/api/v1/flows/{flow_id:str}/pause",
    operation_id="pauseFlow",
    opt={"permission": "flows:write"},
    status_code=200,
)
async def pause_flow(flow_id: FromPath[str], session: NamedDependency[WriteSession]) -> FlowOut:
    """Nobody enters or moves on until it is published again."""
    return await admin.pause_flow(session, admin.known_id(flow_id))


@post(
    "/api/v1/flows/{flow_id:str}/simulate",
    operation_id="simulateFlow",
    opt={"permission": "flows:read"},
    status_code=200,
)
async def simulate_flow(
    flow_id: FromPath[str], data: JSONBody[SimulateIn], session: NamedDependency[WriteSession]
) -> SimulationOut:
    """What the flow would do with one real order: steps, times, reasons. Nothing is planned."""
    return await rehearse(session, admin.known_id(flow_id), data)


@get("/api/v1/flows/{flow_id:str}/steps", operation_id="listFlowSteps", opt={"permission": "flows:read"})
async def list_steps(
    flow_id: FromPath[str],
    read: NamedDependency[ReadSession],
    cursor: FromQuery[str | None] = None,
    result: FromQuery[str | None] = None,
    order: FromQuery[UUID | None] = None,
) -> Page[PersonOut]:
    """People of a flow with every step and its reason; `result=blocked` lists who did not get it and why."""
    return await admin.list_people(read, admin.known_id(flow_id), cursor=cursor, result=result, order_id=order)


ROUTES = [list_flows, get_flow, create_flow, change_flow, publish_flow, pause_flow, simulate_flow, list_steps]
