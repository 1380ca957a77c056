// Says why the sign-in page is shown.
for (const [name] of new URLSearchParams(location.search)) {
  const notice = document.getElementById(name);
  if (notice?.classList.contains("notice")) notice.hidden = false;
}
