"""Corrections: said on the river by people of the house, and taken from it to train on."""
