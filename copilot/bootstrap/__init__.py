"""The composition root: settings in, running application out. Only here are adapters and ingestion named."""

from copilot.bootstrap.application import Application, open_application
from copilot.bootstrap.home import BACKUPS, database_revision, home_taken, migrated, running_copilot
from copilot.bootstrap.indexing import Indexing, corpus_folder
from copilot.bootstrap.readiness import Readiness
from copilot.bootstrap.restoring import look, restore
from copilot.bootstrap.signing_in import own_names, trusted_proxies
from copilot.bootstrap.training import (
    Swapped,
    open_material,
    own_guards,
    shipped_material,
    shipping_service,
    swap_index,
    training_service,
)
from copilot.bootstrap.watching import FolderWatch, WatchedFolders
from copilot.bootstrap.work import Delivering, delivering
from copilot.bootstrap.worker import open_worker
from ingest.sources.git_address import is_git_address

__all__ = [
    "BACKUPS",
    "Application",
    "Delivering",
    "FolderWatch",
    "Indexing",
    "Readiness",
    "Swapped",
    "WatchedFolders",
    "corpus_folder",
    "database_revision",
    "delivering",
    "home_taken",
    "is_git_address",
    "look",
    "migrated",
    "open_application",
    "open_material",
    "open_worker",
    "own_guards",
    "own_names",
    "restore",
    "running_copilot",
    "shipped_material",
    "shipping_service",
    "swap_index",
    "training_service",
    "trusted_proxies",
]
