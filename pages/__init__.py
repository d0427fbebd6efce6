"""How pages are made: formats, tables, lists, charts, menus, and the components below. No models, no business rules.

A page extends `staff.html`, `portal.html` or `bare.html` (sign-in, hub, public, errors) and fills the blocks
    title       the document's title              heading     the sentence that says what matters
    above       a way back, over the heading      subheading  what it rests on: date, how complete
    actions     buttons, right of the heading     content     the page
    scripts     `<script src=… defer>` only, e.g. {% include "components/chart_scripts.html" %} where charts are

Tags: {% load pages formats %}
    {% page 'partners:detail' pk=partner.pk %}   the address of a page of this manufacturer (in Python: member.url)
    {% icon "download" %}   names in pages/icons.py        {% tier "gold" name %}   dot and name
    {{ value|money_short:currency }} … {% change value %}  all of pages/templatetags/formats.py

Components: {% include "components/<name>.html" with … %}
    figure        label, value (formatted), change (number), suffix ("%"), lower_is_better, note; stand in <dl class="figures">
    waiting       items (tenancy.waiting.WaitingItem): what waits, with time left and its button
    empty         title, text, url, action: nothing here yet, and what to do
    progress      done, total, label: a <progress>; poll its surroundings with hx-get, hx-trigger="every 1s"
    tabs          label, tabs: list of (text, url, is_active)
    history       entries (tenancy.history.history_of)
    form          form: all fields with errors; field: one field; form_errors: only the form's own. Own <form> and buttons
    chart         chart (a dict of pages.charts), title: drawing, description and table behind it; needs chart_scripts
    ladder        ladder (pages.charts.ladder): a score on its way through the tiers
    list          `list` of a pages.lists.ListView: filters, table, paging, saved views, export, bulk actions
    dialog_frame  extend it in what htmx puts into the page's dialog: hx-get="…" hx-target="#dialog"

Python: pages.lists.ListView (a list page), pages.tables.LeanTable (a table; `components/table.html` alone), pages.paging
(pages by key), pages.charts (what charts draw), pages.formats (pure), pages.markdown (texts as HTML that is safe),
pages.sheets (CSV and XLSX out), pages.menus.

Plain markup (static/css):
    <div class="grid grid-wide">  two columns 2:1; grid-2, grid-3 alike, grid-narrow 5:7; one column on a phone. stack: below
    <section class="card"><div class="card-header"><h2 class="card-title">…</h2>…</div><div class="card-body">…
    <ul class="rows"><li><div class="row-text"><span class="row-title">…<p class="row-detail">…  <span class="row-value">
    <div class="table-scroll"><table class="lean">  numbers: th and td class="num"; clickable row: tr.is-link + a.row-link
    <dl class="facts"><dt>…<dd>…      <ol class="timeline">      <ol class="steps-list"> (li.is-done)
    <span class="state state-good|state-bad|state-warn|state-active">   <div class="note note-warn|note-bad">
    <div class="segments"> links with aria-current="true"               <details class="menu"><summary class="btn">…
      <div class="menu-panel"><ul class="menu-list"><li><a class="menu-link">  (no Bootstrap JavaScript is loaded)
    btn, btn-primary (one per page), btn-outline-primary, btn-danger, btn-sm, btn-link
    <div class="fields fields-2"> around form fields, <div class="form-foot"> around their buttons

Rules: a POST form carries {% csrf_token %}; data-autosubmit on a control sends its form on change; nothing inline (no
style=, onclick=, <script> text: the content security policy stops them); htmx by attributes only.
"""
