"""The browser's back button at the counter, and the page on a telephone."""

from playwright.sync_api import expect

from tests.views.test_counter_keyboard import DONE, choose, sign_in


def test_way_back_finds_what_was_typed_and_then_what_became_of_it(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    page.fill("#owner_name", "Nguyễn Thị Hoa")
    page.fill("#subject", "Mở quán cà phê")
    page.goto("/tra-cuu")
    page.go_back()
    page.wait_for_selector("#part-papers table")
    expect(page.locator("#owner_name")).to_have_value("Nguyễn Thị Hoa")
    expect(page.locator("#subject")).to_have_value("Mở quán cà phê")
    page.keyboard.press("F9")
    page.wait_for_url(DONE)
    code = page.text_content(".big-code").strip()
    page.go_back()
    expect(page.locator("#received-already")).to_contain_text(code)
    expect(page.locator("#owner_name")).to_have_value("")
    page.click("#received-already a")
    page.wait_for_url(DONE)


def test_way_back_shows_nothing_of_what_somebody_else_typed(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    page.fill("#owner_name", "Nguyễn Thị Hoa")
    page.goto("/tra-cuu")
    page.evaluate("""() => { const kept = JSON.parse(sessionStorage.getItem('counter.visit'));
        sessionStorage.setItem('counter.visit', JSON.stringify({...kept, person: '0'})); }""")
    page.evaluate("localStorage.clear()")
    page.go_back()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#owner_name")).to_have_value("")


def left_unfinished(page, name):
    """Type into a page of its own that then goes dark; gives a new one, as after a power cut."""
    dark = page.context.new_page()
    dark.goto("/tiep-nhan")
    choose(dark, "1.001612")
    dark.fill("#owner_name", name)
    dark.fill("#subject", "Mở quán cà phê")
    dark.wait_for_timeout(900)  # it is written down within a second
    assert "quán cà phê" in dark.evaluate("JSON.stringify(localStorage)")
    dark.close()
    page.goto("/tiep-nhan")
    expect(page.locator("#unfinished")).to_contain_text(name)
    return page


def test_what_was_typed_before_a_power_cut_is_offered_until_it_is_received_or_dropped(page):
    sign_in(page)
    left_unfinished(page, "Nguyễn Thị Hoa")
    page.click("#unfinished [data-resume]")
    page.wait_for_selector("#part-papers table")
    expect(page.locator("#owner_name")).to_have_value("Nguyễn Thị Hoa")
    expect(page.locator("#subject")).to_have_value("Mở quán cà phê")
    page.keyboard.press("F9")
    page.wait_for_url(DONE)
    page.goto("/tiep-nhan")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes(':counter:'))") == []
    expect(page.locator("#unfinished")).to_be_hidden()
    left_unfinished(page, "Trần Văn Bình")
    page.click("#unfinished [data-drop]")
    expect(page.locator("#procedure")).to_be_focused()
    page.reload()
    assert "Bình" not in page.evaluate("JSON.stringify(localStorage)")


def test_same_as_before_goes_to_the_same_agency_and_undo_shows_what_is_sent(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    chosen = """name => { const f = document.getElementById('competent_id');
        return fetch('/tiep-nhan/co-quan?q=' + name).then(a => a.json()).then(found => {
        const at = found.find(one => one.value !== f.value);
        f.tomselect.addOption({value: at.value, text: at.text}); f.tomselect.setValue(at.value);
        return [at.value, at.text]; }); }"""
    agency, name = page.evaluate(chosen, "krong")
    page.fill("#owner_name", "Nguyễn Thị Hoa")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("F9")
    page.wait_for_url(DONE)
    page.goto("/tiep-nhan")
    own = page.locator("#competent_id").input_value()
    page.keyboard.press("F3")
    expect(page.locator("#competent_id")).to_have_value(agency)
    shown = page.locator("#competent_id + .ts-wrapper .item")
    expect(shown).to_have_text(name)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Escape")
    expect(page.locator("#competent_id")).to_have_value(own)
    expect(shown).not_to_have_text(name)


def test_every_field_is_wide_enough_on_a_telephone(page):
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    narrow = """Array.from(document.querySelectorAll('.grid12 :is(.form-control, .ts-wrapper)'))
        .filter(e => e.offsetParent && !e.classList.contains('tomselected'))
        .filter(e => e.getBoundingClientRect().width < 110).map(e => e.id)"""
    assert page.evaluate(narrow) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
