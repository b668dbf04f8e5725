"""The documentation of the interfaces for programs: pages as data, shown in the portal and written out as docs/api/."""
