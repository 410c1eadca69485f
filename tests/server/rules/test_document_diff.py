from keyfob_server.rules.document_diff import MemberChange, document_diff


def test_a_diff_names_what_came_what_went_and_what_changed_in_the_order_of_names() -> None:
    before: dict[str, object] = {"same": [1], "gone": "x", "changed": ["a", "b"], "also": False}
    after: dict[str, object] = {"same": [1], "new": 7, "changed": ["b", "a"], "also": True}
    assert document_diff(before, after) == (
        MemberChange("also", before=False, after=True),
        MemberChange("changed", ["a", "b"], ["b", "a"]),
        MemberChange("gone", "x", None),
        MemberChange("new", None, 7),
    )


def test_equal_documents_differ_in_nothing() -> None:
    assert document_diff({"a": ["x"]}, {"a": ["x"]}) == ()
