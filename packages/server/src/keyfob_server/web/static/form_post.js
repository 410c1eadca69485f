// The one script of the pages: posts the answer to the app at once. Without it the person presses Continue.
addEventListener("load", () => document.forms[0].submit());
