# SPDX-License-Identifier: MIT
# Sphinx's settings of the site. docs/build makes what they read: the pages beside this file and $PACER_XML.
import logging
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import desc, index, pending_xref
from sphinx.transforms import SphinxTransform
from sphinx.util.logging import get_node_location

project = "pacer"
html_title = "pacer"
extensions = ["myst_parser", "breathe", "sphinx_copybutton"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 5
breathe_projects = {"pacer": os.environ["PACER_XML"]}
breathe_default_project = "pacer"
breathe_show_include = False

highlight_language = "none"
pygments_style = "tango"
pygments_dark_style = "native"

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # it would be fetched, which a file URL does not allow
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f6fb2", "color-brand-content": "#1f6fb2"},
    "dark_css_variables": {"color-brand-primary": "#6cb2ee", "color-brand-content": "#6cb2ee"},
}
copybutton_selector = ", ".join(f"div.highlight-{language} pre" for language in ("cpp", "cmake", "sh", "yaml")) + ", .expression pre"


namespaces = {
    part
    for path in Path(os.environ["PACER_XML"]).glob("namespace*.xml")
    for part in re.search("<compoundname>(.*?)</compoundname>", path.read_text())[1].split("::")
}


class KnownDuplicates(logging.Filter):
    """Breathe declares a namespace again on the page of every header, and overloads that differ in their constraints alike."""

    def filter(self, record):
        text = record.getMessage()
        found = re.search(r"Duplicate C\+\+ declaration, also defined at (\S+):.*\.\. cpp:\w+:: (.*)'", text, re.DOTALL)
        here = getattr(record, "location", None)
        here = (get_node_location(here) if isinstance(here, nodes.Node) else here) or ""
        return not (found and (found[2] in namespaces or f"/{found[1]}.rst:" in here))


class UnwrapNamespaces(SphinxTransform):
    """What stands in a namespace stands on the page, not in a box of the namespace; and nothing links to one."""

    default_priority = 500  # before the index and the contents of the page are collected

    def apply(self, **options):
        for box in list(self.document.findall(desc)):
            name = box.children[0].astext().removeprefix("namespace ")
            if name != box.children[0].astext():
                before = box.parent[box.parent.index(box) - 1]
                if isinstance(before, index):
                    before.parent.remove(before)
                content = list(box.children[1].children)
                title = nodes.rubric("", "namespace ", nodes.literal("", f"pacer::{name}"), classes=["namespace"])
                box.parent.replace(box, content if name == "pacer" else [title, *content])
        for link in list(self.document.findall(pending_xref)):
            if link.get("refdomain") == "cpp" and link["reftarget"].rpartition("::")[2] in namespaces:
                link.parent.replace(link, link.children)


def collapse_navigation(app, page, template, context, tree):
    """In the margin only the branch of the page is open: all of them on each page would be most of the site."""
    toctree = context.get("toctree")
    if toctree is not None:
        context["toctree"] = lambda **options: toctree(**{**options, "collapse": True})


def setup(app):
    for handler in logging.getLogger("sphinx").handlers:
        handler.filters.insert(0, KnownDuplicates())  # before Sphinx counts it
    app.add_transform(UnwrapNamespaces)
    app.connect("html-page-context", collapse_navigation, priority=400)  # before Furo's
