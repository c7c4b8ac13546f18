"""Reading what pages of monitoring send; one file per object."""
