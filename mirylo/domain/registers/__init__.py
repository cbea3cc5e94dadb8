"""Registers of territories, bodies, access points and services: what codes in events stand for."""
