// The public page of partners: the visitor's own place, if the device tells it.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-locator]");
  const near = form?.querySelector("[data-near]");
  if (!near || !navigator.geolocation) return;
  near.hidden = false;
  near.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(4);
        form.elements.longitude.value = coords.longitude.toFixed(4);
        form.elements.place.value = "";
        form.requestSubmit();
      },
      () => {
        form.querySelector("[data-refused]").hidden = false;
      },
    );
  });
});
