"""Which project something is meant for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound
from cc_connect.runtime.settings import Project
from cc_connect.store.store import Store

CHOSEN = "project of"
"""Under this name the store keeps, by lane, the projects that people chose."""


@dataclass(frozen=True, slots=True)
class Routes:
    """Which projects a platform instance serves.

    The place says which one is meant (`Inbound.project`), else the person who chose one there, else
    it is the first.
    """

    projects: Mapping[str, Project]
    served: Mapping[str, tuple[str, ...]]
    chosen: dict[str, str] = field(default_factory=dict)

    def project(self, inbound: Inbound) -> Project | None:
        """The project something is meant for."""
        served = self.offered(inbound.address)
        for name in (inbound.project, self.chosen.get(inbound.address.lane), *served):
            if name in served:
                return self.projects.get(name or "")
        return None

    def offered(self, place: Address) -> tuple[str, ...]:
        """Names of the projects that can be worked on from a place."""
        return self.served.get(place.platform, ())

    async def load(self, store: Store) -> None:
        """Read what was chosen before."""
        self.chosen.update(await store.load_all(CHOSEN))

    async def choose(self, store: Store, place: Address, project: str) -> None:
        """Something said at this place is meant for this project from now on."""
        await store.save(CHOSEN, place.lane, project)
        self.chosen[place.lane] = project
