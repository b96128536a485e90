"""The flows with their numbers; pausing and going on."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core.db import ReadSession, WriteSession
from comeback.desk.schemas.flows import FlowDetail, FlowList
from comeback.desk.service import flows
from comeback.flows.service import admin

READ = {"permission": "flows:read"}
WRITE = {"permission": "flows:write"}


@get("/api/studio/flows", operation_id="studioFlows", opt=READ, tags=["studio"])
async def list_flows(read: NamedDependency[ReadSession]) -> FlowList:
    """All flows with what they did in thirty days."""
    return await flows.list_flows(read)


@get("/api/studio/flows/{flow_id:str}", operation_id="studioFlow", opt=READ, tags=["studio"])
async def get_flow(flow_id: FromPath[str], read: NamedDependency[ReadSession]) -> FlowDetail:
    """One flow, step by step, with how many went which way."""
    return await flows.detail(read, admin.known_id(flow_id))


@post(
    "/api/studio/flows/{flow_id:str}/pause",
    operation_id="studioPauseFlow", opt=WRITE, status_code=200, tags=["studio"],
)  # fmt: skip
async def pause_flow(flow_id: FromPath[str], session: NamedDependency[WriteSession]) -> FlowDetail:
    """Nobody enters or moves on until it goes on again."""
    known = admin.known_id(flow_id)
    await admin.pause_flow(session, known)
    return await flows.detail(session, known)


@post(
    "/api/studio/flows/{flow_id:str}/resume",
    operation_id="studioResumeFlow", opt=WRITE, status_code=200, tags=["studio"],
)  # fmt: skip
async def resume_flow(flow_id: FromPath[str], session: NamedDependency[WriteSession]) -> FlowDetail:
    """Lets a paused flow go on as it was; a draft stays a draft."""
    known = admin.known_id(flow_id)
    await admin.resume_flow(session, known)
    return await flows.detail(session, known)


ROUTES = (list_flows, get_flow, pause_flow, resume_flow)
