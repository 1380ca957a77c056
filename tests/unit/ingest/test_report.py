"""The report of a sync."""

from __future__ import annotations

from ingest.report import ItemReport, ReportBuilder, Status


def test_lines_keep_their_order_and_are_counted_by_status() -> None:
    builder = ReportBuilder()
    for source, status in [("b", Status.ADDED), ("a", Status.FAILED), ("c", Status.ADDED)]:
        builder.add(ItemReport(source=source, status=status))

    report = builder.finish(1.23456)

    assert [line.source for line in report.documents] == ["b", "a", "c"]
    assert {status: report.count(status) for status in Status if report.count(status)} == {
        Status.ADDED: 2,
        Status.FAILED: 1,
    }
    assert report.seconds == 1.235


def test_a_finished_report_does_not_change_when_lines_are_added_later() -> None:
    builder = ReportBuilder()
    report = builder.finish(0)

    builder.add(ItemReport(source="late", status=Status.ADDED))

    assert report.documents == ()
